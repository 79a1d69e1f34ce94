/** What a text is to its reader, where a plain comparison of its start or end says less than it seems to. */
export type TextKind = 'url' | 'address' | 'command' | 'path';

const NAMES: Readonly<Record<TextKind, ReadonlySet<string>>> = {
  url: new Set(
    'url,urls,uri,uris,href,link,links,endpoint,webhook,callback,origin,host,hosts,hostname,domain,site,website,feed,proxy,remote,repo,repository,redirect,server'.split(
      ',',
    ),
  ),
  address: new Set(
    'to,cc,bcc,from,email,emails,mail,recipient,recipients,address,addresses,sender,reply,attendee,attendees,invitee,invitees'.split(
      ',',
    ),
  ),
  command: new Set(
    'command,commands,cmd,cmds,cmdline,shell,script,exec,execute,argv,args,arguments,cli,code,sql,query,statement,statements,expression,program,bash,run,eval,js,python'.split(
      ',',
    ),
  ),
  path: new Set(
    'path,paths,file,files,filename,filepath,dir,dirs,directory,folder,cwd,root,workdir,destination,dest,src'.split(
      ',',
    ),
  ),
};
const KINDS = ['url', 'address', 'command', 'path'] as const;
/** Words in the name of a tool that runs what it is given, in whatever argument. */
const SHELLS = new Set(
  'shell,bash,sh,zsh,fish,powershell,pwsh,terminal,console,exec,execute,eval,cmd,command,subprocess,ssh,sql'.split(
    ',',
  ),
);
const URL_LIKE =
  /:\/\/|^www\.|^localhost\b|^https?$|^(?:https?|wss?|ftps?|file|data|mailto):|^\.(?:[\w-]+\.)*(?:com|net|org|edu|gov|io|dev|app|co|ai|cloud|internal|local|corp|lan|eu|de|uk|fr|ch|at|nl|jp|cn|us)\/?$|^[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?::\d+)?(?:\/|$)/i;
const ADDRESS_LIKE = /^[^\s@/]*@[\w.-]*$/;
const PATH_LIKE = /^(?:~?\/|\.{1,2}\/|[a-z]:[\\/])/i;
const COMMAND_LIKE =
  /^(?:git|npm|npx|yarn|pnpm|node|deno|bun|python3?|pip|ruby|perl|php|java|go|cargo|make|docker|podman|kubectl|helm|terraform|ls|cat|head|tail|cd|rm|cp|mv|mkdir|chmod|chown|touch|echo|grep|rg|find|sed|awk|tar|zip|curl|wget|ssh|scp|rsync|sudo|su|bash|sh|zsh|env|kill|ps|aws|systemctl|journalctl|apt|apt-get|brew|dotnet|mvn|gradle|pytest|jest|vitest|composer|uvx?|bunx|gcc|cmake|ffmpeg|openssl|nc|nmap|xargs|nohup|gcloud|az|gh|psql|mysql|sqlite3|select|insert|update|delete|drop|create|alter|with|explain)(?:\s|$)|[;&|`<>]|\$[({]/i;

/**
 * What a text seems to be, by what it says and by the names that lead to it (`to`, `webhookUrl`, `reply_to`); undefined
 * where nothing hints at one. All that a tool takes whose name is a shell's is a command. A hint is no proof: it is for
 * warnings, and for what is not offered.
 */
export function textKind(names: readonly string[], text: string, tool = ''): TextKind | undefined {
  if (URL_LIKE.test(text)) return 'url';
  if (ADDRESS_LIKE.test(text)) return 'address';
  const words = new Set(names.flatMap(wordsOf));
  if ([...words].some((word) => NAMES.command.has(word))) return 'command';
  if (PATH_LIKE.test(text)) return 'path';
  const named = KINDS.find((kind) => [...words].some((word) => NAMES[kind].has(word)));
  if (named !== undefined) return named;
  const isCommand = COMMAND_LIKE.test(text) || wordsOf(tool).some((word) => SHELLS.has(word));
  return isCommand ? 'command' : undefined;
}

/** The words of a name as programs write it, and the name as one word. */
function wordsOf(name: string): string[] {
  const parts = name
    .slice(0, 256)
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, ' ')
    .split(/[^A-Za-z0-9]+/);
  return [name, ...parts].map((word) => word.toLowerCase());
}
