  // -- The server ---------------------------------------------------------------------------

  class Refused extends Error {
    constructor(status, problem, wait) {
      super(problem.detail || `${status}`);
      this.status = status;
      this.fields = problem.errors || [];
      this.wait = wait;
    }
    get passing() { return this.status === 429 || this.status >= 500; }
  }

  const ask = async (path, { body, headers = {}, signal, limit = 20000 } = {}) => {
    const token = store.get('token');
    const plain = body !== undefined && !(body instanceof FormData);
    const cut = new AbortController();
    const timer = limit && setTimeout(() => cut.abort(), limit);
    if (signal) on(signal, 'abort', () => cut.abort(), { once: true });
    try {
      const answer = await fetch(address + path, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { ...(token && { Authorization: `Bearer ${token}` }), ...(plain && { 'Content-Type': 'application/json' }), ...headers },
        body: plain ? JSON.stringify(body) : body,
        credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer', signal: cut.signal,
      });
      if (answer.ok) return answer;
      const problem = await answer.json().catch(() => ({}));
      throw new Refused(answer.status, problem, Number(answer.headers.get('Retry-After')) || 0);
    } finally {
      clearTimeout(timer);
    }
  };

  let about = null;      // what the server said of the chat
  let joining = null;

  /** Be known to the server; a token that is no good any more is left for a new one. */
  const join = () => {
    joining = joining || (async () => {
      let answer;
      try {
        answer = await ask('sessions', { body: {} });
      } catch (error) {
        if (error.status !== 401) throw error;
        store.drop('token');
        forget();
        answer = await ask('sessions', { body: {} });
      }
      about = await answer.json();
      store.set('token', about.token);
      return about;
    })().finally(() => { joining = null; });
    return joining;
  };

  /** Ask as somebody who is known; begin anew where the server knows the visitor no more. */
  const asked = async (path, given) => {
    if (!about) await join();
    try {
      return await ask(path, given);
    } catch (error) {
      if (error.status !== 401) throw error;
      await join();
      return ask(path, given);
    }
  };
