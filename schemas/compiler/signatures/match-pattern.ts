/** Whether a file's name fits `*.cpp` or `part?.cc`: no backtracking beyond the last `*`. */
export function matchesPattern(name: string, pattern: string): boolean {
  let at = 0;
  let inPattern = 0;
  let star = -1;
  let afterStar = 0;
  while (at < name.length) {
    if (pattern[inPattern] === "*") {
      star = inPattern++;
      afterStar = at;
    } else if (inPattern < pattern.length && (pattern[inPattern] === "?" || pattern[inPattern] === name[at])) {
      at++;
      inPattern++;
    } else if (star === -1) return false;
    else {
      inPattern = star + 1;
      at = ++afterStar;
    }
  }
  return /^\**$/.test(pattern.slice(inPattern));
}
