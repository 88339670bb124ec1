/** Who is signed in. A real portal asks its sign-in service; this one makes tokens up. */
export const user = { email: 'ops@acme.example' };

let token = 'first-token';

/** A new session, in the place of one that is over. */
export async function signIn() {
  token = `token-${Date.now()}`;
}

/** Headers for the agent API. Called before each request, so the token may change at any time. */
export async function authHeaders() {
  return { 'X-CH-Auth-Email': user.email, 'X-CH-Auth-API-Token': token };
}
