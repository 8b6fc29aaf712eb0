// A host name of one's own without a namespace: a library of two functions, put before the C library when a
// program of a host image runs in place. NFS gateways tell their sessions apart by it, in the metadata server and
// towards clients; with the machine's name for all, each throws the other out. Assembled by the image's own tools.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

/** Answers gethostname(buffer, length), and uname(buffer) after the kernel has filled in the rest. */
const code: Readonly<Record<string, string>> = {
  x64: `
gethostname:
	lea	name(%rip), %rdx
	xor	%ecx, %ecx
1:	cmp	%rsi, %rcx
	jae	2f
	mov	(%rdx,%rcx), %al
	mov	%al, (%rdi,%rcx)
	inc	%rcx
	test	%al, %al
	jnz	1b
2:	xor	%eax, %eax
	ret
uname:
	push	%rdi
	mov	$63, %eax
	syscall
	pop	%rdi
	add	$65, %rdi
	mov	$65, %esi
	lea	gethostname(%rip), %rax
	jmp	*%rax
`,
  arm64: `
gethostname:
	adr	x2, name
	mov	x3, #0
1:	cmp	x3, x1
	b.hs	2f
	ldrb	w4, [x2, x3]
	strb	w4, [x0, x3]
	add	x3, x3, #1
	cbnz	w4, 1b
2:	mov	w0, #0
	ret
uname:
	mov	x5, x0
	mov	x8, #160
	svc	#0
	add	x0, x5, #65
	mov	x1, #65
	adr	x2, name
	mov	x3, #0
	b	1b
`,
};

const source = (hostName: string): string => `	.text
	.globl	gethostname
	.type	gethostname, %function
	.hidden	name
	.globl	uname
	.type	uname, %function
${code[process.arch] ?? ""}
name:	.asciz	"${hostName}"
	.section	.note.GNU-stack,"",%progbits
`;

/** Makes `path` the library for this name; `inPlace` is the command line of an image's tool. Does nothing when it is there. */
export function writeHostNameLibrary(path: string, hostName: string, inPlace: (argv: readonly [string, ...string[]]) => readonly [string, ...string[]]): void {
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(hostName)) throw new Error(`${hostName} cannot be a host name: use 1 to 63 lower-case letters, digits and hyphens`);
  const text = source(hostName);
  const sourceFile = `${path}.s`;
  if (existsSync(path) && existsSync(sourceFile) && readFileSync(sourceFile, "utf8") === text) return;
  writeFileSync(sourceFile, text, { mode: 0o600 });
  for (const argv of [["as", "-o", `${path}.o`, sourceFile], ["ld", "-shared", "-Bsymbolic", "-o", `${path}.new`, `${path}.o`]] as const) {
    const [command, ...args] = inPlace(argv);
    execFileSync(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  }
  renameSync(`${path}.new`, path);
}
