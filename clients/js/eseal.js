/**
 * Client of the agent beside a USBKey (USBKey 代理的网页客户端), an ES module without dependencies.
 *
 * The page never sees a PIN: the agent asks for it in a window of its own.  What the page brings are the platform's
 * tickets, which its own server gets by interfaces 2-3 and 3-3.
 *
 *     import { Agent, logIn, sign } from "./eseal.js";
 *     const agent = new Agent({ onPrompt: () => show("浏览器将询问是否允许访问本机，请选择允许") });
 *     const user = await logIn(agent, { challenge: (body) => post("/my/2-3", body), login: (body) => post("/my/2-4", body) });
 *     const values = await sign(agent, { ticket: () => post("/my/3-3", {…}).then((data) => data.ticket) });
 *
 * Browsers that guard the local network (Chrome from 142) ask the user before a page may call 127.0.0.1.  The three
 * states of that permission are three different things to tell the user, see {@link AgentError}.
 */

/** Where the agent listens unless told otherwise. */
export const DEFAULT_URL = "http://127.0.0.1:21350";

/** Names under which browsers know the permission, newest first. */
const PERMISSIONS = ["loopback-network", "local-network", "local-network-access"];

/** What to tell the user, by kind of failure. */
const MESSAGES = {
  denied: {
    zh: "浏览器不允许本页面访问本机的 USBKey 代理。请在地址栏左侧的网站设置中允许“本地网络/本机”访问，然后重试；受管理的电脑请管理员设置 LocalNetworkAccessAllowedForUrls 策略。",
    en: "The browser does not let this page reach the USBKey agent. Allow local network access in the site settings and try again; on managed computers the policy is LocalNetworkAccessAllowedForUrls.",
  },
  unreachable: {
    zh: "没有找到 USBKey 代理。请确认代理已安装并已启动，且本网站在其许可名单中。",
    en: "The USBKey agent was not found. Make sure that it is installed and running, and that it knows this site.",
  },
  refused: { zh: "USBKey 代理拒绝了请求。", en: "The USBKey agent refused the request." },
  noKey: { zh: "没有找到可用的 USBKey，请插入后重试。", en: "No USBKey was found; plug it in and try again." },
};

/** A failure, with what kind it is: `denied`, `unreachable`, `refused` (then with `code`), `noKey`. */
export class AgentError extends Error {
  constructor(kind, answer = {}) {
    super(answer.msg || MESSAGES[kind].zh);
    this.name = "AgentError";
    this.kind = kind;
    /** Code of Appendix B, if the agent answered. */
    this.code = answer.code ?? 0;
    /** Tries that are left, after a wrong PIN. */
    this.attemptsLeft = answer.attemptsLeft;
    this.messages = MESSAGES[kind];
  }
}

/** The agent on this computer. */
export class Agent {
  /**
   * `onPrompt` is called before the browser asks the user; `fetch` and `permissions` are there for tests.
   */
  constructor({ url = DEFAULT_URL, onPrompt = () => {}, fetch = globalThis.fetch.bind(globalThis), permissions = globalThis.navigator?.permissions } = {}) {
    this.url = url.replace(/\/+$/, "");
    this.onPrompt = onPrompt;
    this.fetch = fetch;
    this.permissions = permissions;
  }

  /** State of the browser's permission: `granted`, `prompt`, `denied`; `granted` in browsers that know none. */
  async permission() {
    for (const name of PERMISSIONS) {
      try {
        const found = await this.permissions.query({ name });
        return found.state;
      } catch {
        // This browser does not know the name.
      }
    }
    return "granted";
  }

  /** Keys that are plugged in: `[{certSm3, cert, subject, notAfter}]`; with `wait`, after the next change or so many seconds. */
  async keys({ wait } = {}) {
    return this.#call("GET", wait === undefined ? "/v1/keys" : `/v1/keys?wait=${Number(wait)}`);
  }

  /** Signs a login message of 2-3 with its ticket: `{signValue, cert}`. */
  async login({ message, ticket }) {
    return this.#call("POST", "/v1/login", { message, ticket });
  }

  /** Signs what a ticket of 3-3 says: `[{fileUniqueId, signValue, cert}]`. */
  async sign(ticket) {
    const answer = await this.#call("POST", "/v1/sign", { ticket });
    return answer.signValueList;
  }

  async #call(method, path, content) {
    const before = await this.permission();
    if (before === "denied") throw new AgentError("denied");
    if (before === "prompt") this.onPrompt();
    const request = { method, mode: "cors", credentials: "omit", cache: "no-store", redirect: "error", referrerPolicy: "no-referrer" };
    if (content !== undefined) {
      request.headers = { "Content-Type": "application/json" };
      request.body = JSON.stringify(content);
    }
    let answer;
    try {
      answer = await this.fetch(this.url + path, request);
    } catch {
      // Browsers say no more than that it failed: the permission tells whether the user said no.
      throw new AgentError((await this.permission()) === "denied" ? "denied" : "unreachable");
    }
    const value = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new AgentError("refused", value);
    return value;
  }
}

/** The only key, or the one that `choose` picks out of several. */
async function pick(agent, choose) {
  const keys = await agent.keys();
  const key = keys.length > 1 && choose ? await choose(keys) : keys[0];
  if (!key) throw new AgentError("noKey");
  return key;
}

/**
 * Logs in by interfaces 2-3 and 2-4.  `challenge` and `login` are functions of the page: they send a body to its own
 * server, which calls the platform, and resolve to `data` of the answer.
 */
export async function logIn(agent, { challenge, login, choose, origin = globalThis.location?.origin }) {
  const key = await pick(agent, choose);
  const asked = await challenge({ origin, signCert: key.cert });
  const signed = await agent.login({ message: asked.message, ticket: asked.ticket });
  return login({ challengeId: asked.challengeId, signCert: signed.cert, signValue: signed.signValue, algo: "SM3withSM2" });
}

/** Signs a batch by interface 3-3: `ticket` resolves to the platform's ticket; the list goes on to 3-5. */
export async function sign(agent, { ticket }) {
  return agent.sign(await ticket());
}
