/**
 * A shell script that says by its exit code whether the NATS server beside it is well; for images that have little but a
 * shell. Its arguments are for tests: the monitoring port, the folder of the data, and the process to be ended.
 */
export const natsHealthScript = (port: number, storeDir: string): string =>
  `${[
    '#!/bin/sh',
    '# Whether the NATS server is well. A stream takes no write after one that failed, room or not: where its disk can be',
    '# written again, the server is ended, and its container starts it anew.',
    `port=\${1:-${port}} folder=\${2:-${storeDir}} server=\${3:-1}`,
    "asked='GET /healthz HTTP/1.0\\r\\n\\r\\n'",
    '# nc is in the Alpine image; images without it have bash.',
    'answer=$(printf "$asked" | nc 127.0.0.1 "$port" 2>/dev/null ||',
    '  bash -c "exec 3<>/dev/tcp/127.0.0.1/$port && printf \'$asked\' >&3 && cat <&3" 2>/dev/null)',
    'case $answer in',
    '  *" 200 "*) exit 0 ;;',
    '  *"write error"*)',
    '    if dd if=/dev/urandom of="$folder/room.tmp" bs=65536 count=16 conv=fsync 2>/dev/null; then',
    '      echo "There is room again: the server is started anew." >&2',
    '      kill "$server"',
    '    fi',
    '    rm -f "$folder/room.tmp"',
    '    ;;',
    'esac',
    'exit 1',
  ].join('\n')}\n`;
