/** A column of a table: words to the left, numbers to the right. */
export type Column = { head: string; align: 'left' | 'right' };

/** A Markdown table whose columns are as wide as their widest cell. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const lines = [columns.map(({ head }) => head), ...rows];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)));
  const isLeft = (index: number): boolean => columns[index]?.align === 'left';
  const toLine = (cells: readonly string[]): string => {
    const padded = cells.map((cell, index) => {
      const width = widths[index] ?? 0;
      return isLeft(index) ? cell.padEnd(width) : cell.padStart(width);
    });
    return `| ${padded.join(' | ')} |`;
  };
  const rule = widths.map((width, index) =>
    isLeft(index) ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  const [head = [], ...body] = lines;
  return [toLine(head), `| ${rule.join(' | ')} |`, ...body.map(toLine)].join('\n');
}
