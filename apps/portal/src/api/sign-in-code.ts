// The single-use code in the fragment of the sign-in address: `#code=…`. Pure.

const shape = /^[A-Za-z0-9_-]{43}$/;

/** Undefined when there is none, or when it is none that the control plane makes. */
export function readCode(fragment: string): string | undefined {
  const code = new URLSearchParams(fragment.replace(/^#/, "")).get("code");
  return code !== null && shape.test(code) ? code : undefined;
}
