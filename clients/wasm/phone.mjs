// The phone's core in a page or in Node (手机端核心): loads the module and carries its messages.
//
//   const phone = await loadPhone(moduleBytes);
//   const kept = await phone.enrol({ code, name, pin, platformKey }, send);   // keep kept.phone where nobody reads it
//   const { summary } = await phone.scan({ qrCode }, send);                   // show it to the user
//   await phone.confirm({ matchCode, pin }, send);
//
// send(function, content) posts content to /api/v1/mobile/<function>, signed with phone.signRequest(text), and gives the
// answer's data; it throws { code, message, field } when the platform refuses.

export async function loadPhone(bytes) {
  let memory;
  const page = {
    random(at, length) {
      try {
        const filled = new Uint8Array(memory.buffer, at, length);
        for (let from = 0; from < length; from += 65536) {
          globalThis.crypto.getRandomValues(filled.subarray(from, Math.min(length, from + 65536)));
        }
        return 0;
      } catch {
        return 1;
      }
    },
  };
  const { instance } = await WebAssembly.instantiate(bytes, { page });
  const { room, call, release } = instance.exports;
  memory = instance.exports.memory;

  function ask(request) {
    const text = new TextEncoder().encode(JSON.stringify(request));
    const at = room(text.length);
    new Uint8Array(memory.buffer, at, text.length).set(text);
    const answer = call(at, text.length);
    const length = new DataView(memory.buffer).getUint32(answer, true);
    const json = new TextDecoder().decode(new Uint8Array(memory.buffer, answer + 4, length));
    release(answer, length + 4);
    return JSON.parse(json);
  }

  async function run(request, send) {
    let answer = ask(request);
    while (answer.send) {
      try {
        answer = ask({ op: "answer", data: await send(answer.send.function, answer.send.content) });
      } catch (refused) {
        answer = ask({ op: "refused", code: refused.code, message: String(refused.message), field: refused.field });
      }
    }
    if (answer.done === undefined) throw Object.assign(new Error(answer.error), { code: answer.code, field: answer.field });
    return answer.done;
  }

  const operation = (op) => (fields, send) => run({ op, ...fields }, send);
  return {
    enrol: operation("enrol"),
    open: operation("open"),
    scan: operation("scan"),
    confirm: operation("confirm"),
    signRequest: (text) => run({ op: "signRequest", text }).then((done) => done.signature),
  };
}
