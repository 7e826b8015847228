/** A refusal; `message` is in words and may be shown. Status 0: the server was not reached. */
export class ApiError extends Error {
  constructor(status, code, message, more = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.more = more; // faults by field, or what stands there now
  }
}
