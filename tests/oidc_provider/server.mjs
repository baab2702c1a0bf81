// A certified OpenID Connect provider for the tests: one client, anybody may sign in.
// node server.mjs PORT ORIGIN-OF-THE-PORTAL WHERE-LOGOUTS-GO; a login is the subject of its person.
import Provider from "oidc-provider";

const [port, portal, logouts] = process.argv.slice(2);
const provider = new Provider(`http://localhost:${port}`, {
  clients: [{
    client_id: "portal",
    client_secret: "a-secret-that-only-tests-know-and-nobody-else",
    redirect_uris: [`${portal}/oidc/callback`],
    post_logout_redirect_uris: [`${portal}/en/store`],
    backchannel_logout_uri: logouts,
    backchannel_logout_session_required: true,
  }],
  claims: {
    openid: ["sub", "sid"],
    email: ["email", "email_verified"],
    profile: ["given_name", "family_name"],
  },
  conformIdTokenClaims: false, // name and address stand in the ID token, as most providers do it
  cookies: { keys: ["for tests"] },
  features: { backchannelLogout: { enabled: true }, devInteractions: { enabled: true } },
  // it would refuse to tell a portal on this machine that somebody left
  fetch: (url, { dispatcher, ...options }) => fetch(url, options),
  findAccount: (_, sub) => ({
    accountId: sub,
    claims: () => ({
      sub,
      email: `${sub.replace("unproven-", "")}@example.com`,
      email_verified: !sub.startsWith("unproven-"),
      given_name: "Ona",
      family_name: "Vale",
    }),
  }),
  ttl: { Interaction: 600, Session: 600, Grant: 600, IdToken: 600, AccessToken: 600 },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("listening"));
