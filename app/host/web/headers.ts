/** What the web face sends with every answer. `port` is its own. */
export function securityHeaders(port: number): Record<string, string> {
  return {
    "content-security-policy": contentSecurityPolicy(port),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  };
}

/** Nothing but the host's own files runs, and nothing but this host is spoken to: a page that was tricked can send nothing away. */
function contentSecurityPolicy(port: number): string {
  const sockets = [`ws://127.0.0.1:${port}`, `ws://localhost:${port}`].join(" ");
  return [
    "default-src 'none'",
    "script-src 'self'",
    // xterm.js sets its colours and sizes by style elements that it makes.
    "style-src 'self' 'unsafe-inline'",
    `connect-src 'self' ${sockets}`,
    "worker-src 'self' blob:",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
