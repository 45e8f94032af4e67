/**
 * The answers that the proxy itself gives: reason phrase, and for errors a sentence that says what, never why: details of
 * backends are not for clients.
 */
const answers: ReadonlyMap<number, readonly [reason: string, text: string]> = new Map([
  [200, ["OK", ""]],
  [301, ["Moved Permanently", ""]],
  [302, ["Found", ""]],
  [303, ["See Other", ""]],
  [307, ["Temporary Redirect", ""]],
  [308, ["Permanent Redirect", ""]],
  [400, ["Bad Request", "The request is malformed."]],
  [401, ["Unauthorized", "This request needs credentials."]],
  [403, ["Forbidden", "This request is not allowed."]],
  [404, ["Not Found", "No route matches this request."]],
  [408, ["Request Timeout", "The request did not arrive in time."]],
  [413, ["Content Too Large", "The body of the request is too large."]],
  [414, ["URI Too Long", "The request line is too long."]],
  [417, ["Expectation Failed", "Only the expectation 100-continue is known."]],
  [421, ["Misdirected Request", "This connection was opened for another hostname."]],
  [429, ["Too Many Requests", "There were too many requests."]],
  [431, ["Request Header Fields Too Large", "The request head is too large."]],
  [500, ["Internal Server Error", "The route that matches this request cannot be served."]],
  [501, ["Not Implemented", "This is not implemented."]],
  [502, ["Bad Gateway", "The backend could not be reached, or gave no proper answer."]],
  [503, ["Service Unavailable", "There is no backend that can answer."]],
  [504, ["Gateway Timeout", "The backend did not answer in time."]],
  [505, ["HTTP Version Not Supported", "Only HTTP/1.0 and HTTP/1.1 are spoken here."]],
]);

let dateLine = "";
let dateSecond = 0;

/** `Date: ...` of this second (RFC 9110 section 6.6.1). */
function date(): string {
  const now = Date.now();
  if (now - dateSecond >= 1000) {
    dateSecond = now - (now % 1000);
    dateLine = `Date: ${new Date(now).toUTCString()}\r\n`;
  }
  return dateLine;
}

/** A whole answer of HTTP/1.1 in our own words. `fields` are ready lines; `withBody` is false for HEAD. */
export function answerText(
  status: number,
  connection: string,
  withBody: boolean,
  fields = "",
  detail?: string,
): string {
  const body = answerBody(status, detail);
  return wholeAnswer(status, connection, withBody, fields + typeLine(body), body);
}

/** The same in the words of somebody else. */
export function wholeAnswer(
  status: number,
  connection: string,
  withBody: boolean,
  fields: string,
  body: string,
): string {
  const lines = answerLines(fields, body);
  return `HTTP/1.1 ${status} ${reasonOf(status)}\r\n${lines}${connection}\r\n${withBody ? body : ""}`;
}

function reasonOf(status: number): string {
  return answers.get(status)?.[0] ?? "";
}

/** Plain text of ASCII characters; empty unless something is wrong. */
export function answerBody(status: number, detail: string | undefined): string {
  return status < 400 ? "" : `${status} ${reasonOf(status)}: ${detail ?? answers.get(status)?.[1] ?? ""}\n`;
}

/** The line that says what `answerBody` has written; empty when that is nothing. */
export function typeLine(body: string): string {
  return body === "" ? "" : "Content-Type: text/plain; charset=utf-8\r\n";
}

/** Every field line of an answer that does not come from a backend, but for those that are about the connection. */
export function answerLines(fields: string, body: string): string {
  return `${date()}${fields}Content-Length: ${body.length}\r\n`;
}
