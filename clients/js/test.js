/**
 * Tests of the client in a page, with a browser that is made up; what it says stands in the page.
 */
import { Agent, AgentError, logIn, sign } from "./eseal.js";

const results = [];

async function test(name, run) {
  try {
    await run();
    results.push(`ok ${name}`);
  } catch (error) {
    results.push(`FAILED ${name}: ${error}`);
  }
}

function equal(found, expected) {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${a} is not ${b}`);
}

/** A browser whose permission goes through states, with an agent that answers. */
function browser(states, answer) {
  const calls = [];
  const permissions = {
    query: async ({ name }) => {
      if (name !== "local-network-access") throw new TypeError("unknown");
      return { state: states.length > 1 ? states.shift() : states[0] };
    },
  };
  const fetch = async (url, request) => {
    calls.push([request.method, url, request.body]);
    const value = answer(url);
    if (value instanceof Error) throw value;
    return { ok: value.code === undefined, json: async () => value };
  };
  return { calls, permissions, fetch };
}

async function failure(promise) {
  try {
    await promise;
  } catch (error) {
    if (error instanceof AgentError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

await test("granted calls and does not prompt", async () => {
  let prompts = 0;
  const fake = browser(["granted"], () => [{ cert: "C" }]);
  equal(await new Agent({ ...fake, onPrompt: () => prompts++ }).keys(), [{ cert: "C" }]);
  equal([prompts, fake.calls], [0, [["GET", "http://127.0.0.1:21350/v1/keys", undefined]]]);
});

await test("prompt tells the page first, and the answer counts", async () => {
  let prompts = 0;
  const fake = browser(["prompt", "granted"], () => []);
  equal(await new Agent({ ...fake, onPrompt: () => prompts++ }).keys(), []);
  equal(prompts, 1);
  const denied = browser(["prompt", "denied"], () => new TypeError("Failed to fetch"));
  equal((await failure(new Agent(denied).keys())).kind, "denied");
});

await test("denied is not even tried, and says what to do", async () => {
  const fake = browser(["denied"], () => []);
  const error = await failure(new Agent(fake).sign("T"));
  equal([error.kind, fake.calls.length], ["denied", 0]);
  equal(error.messages.en.includes("LocalNetworkAccessAllowedForUrls"), true);
});

await test("an absent agent is another thing than a refusal", async () => {
  const absent = browser(["granted"], () => new TypeError("Failed to fetch"));
  equal((await failure(new Agent(absent).keys())).kind, "unreachable");
  const refusing = browser(["granted"], () => ({ code: 42214, msg: "签名者拒绝", attemptsLeft: 3 }));
  const error = await failure(new Agent(refusing).sign("T"));
  equal([error.kind, error.code, error.attemptsLeft, error.message], ["refused", 42214, 3, "签名者拒绝"]);
});

await test("a browser without the permission is as good as granted", async () => {
  const fake = browser(["granted"], () => []);
  equal(await new Agent({ ...fake, permissions: null }).permission(), "granted");
});

await test("login goes through challenge, agent and server", async () => {
  const fake = browser(["granted"], (url) => (url.endsWith("/keys") ? [{ cert: "A" }, { cert: "B" }] : { signValue: "S", cert: "B" }));
  const sent = [];
  const user = await logIn(new Agent(fake), {
    origin: "https://page.example",
    choose: (keys) => keys[1],
    challenge: async (body) => (sent.push(body), { challengeId: "ID", message: "M", ticket: "T" }),
    login: async (body) => (sent.push(body), "user"),
  });
  equal(user, "user");
  equal(sent[0], { origin: "https://page.example", signCert: "B" });
  equal(sent[1], { challengeId: "ID", signCert: "B", signValue: "S", algo: "SM3withSM2" });
  equal(fake.calls[1], ["POST", "http://127.0.0.1:21350/v1/login", '{"message":"M","ticket":"T"}']);
  equal((await failure(logIn(new Agent(browser(["granted"], () => [])), {}))).kind, "noKey");
});

await test("signing gives the list", async () => {
  const fake = browser(["granted"], () => ({ signValueList: [1, 2] }));
  equal(await sign(new Agent(fake), { ticket: async () => "T" }), [1, 2]);
});

document.body.textContent = `${results.join("\n")}\nTESTS DONE`;
