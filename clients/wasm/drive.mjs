// Drives the module from another program (测试驱动): one JSON a line, in and out.
//   in:  {"op":"enrol"|"open"|"scan"|"confirm"|"signRequest", …}, and after a "send" {"data":…} or {"refused":{…}}
//   out: {"send":{function,content}}, at the end {"done":…} or {"failed":{message,code,field}}
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { loadPhone } from "./phone.mjs";

const phone = await loadPhone(await readFile(process.argv[2]));
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const read = async () => {
  const { value, done } = await lines.next();
  return done ? undefined : JSON.parse(value);
};
const write = (value) => process.stdout.write(JSON.stringify(value) + "\n");

async function send(functionName, content) {
  write({ send: { function: functionName, content } });
  const answer = await read();
  if (answer.refused) throw answer.refused;
  return answer.data;
}

for (let request = await read(); request; request = await read()) {
  const { op, ...fields } = request;
  try {
    write({ done: op === "signRequest" ? await phone.signRequest(fields.text) : await phone[op](fields, send) });
  } catch (error) {
    write({ failed: { message: error.message, code: error.code, field: error.field } });
  }
}
