# Differences of large texts: few and many changes, nothing shared, the same lines in another order,
# a million equal ones, and lines of which there are only four.
compare_lines() {
  rm -rf "$work/lines.git"
  git init -q --bare "$work/lines.git"
  awk -v from="$work/lines" 'BEGIN {
    srand(5)
    count = 300000
    for (i = 0; i < count; i++) text[i] = line()
    for (i = 0; i < count; i++) {
      print text[i] >(from "-few-old")
      print text[i] >(from "-many-old")
      print changed(text[i], 0.001) >(from "-few-new")
      print changed(text[i], 0.1) >(from "-many-new")
      if (i < 20000) { print text[i] >(from "-unlike-old"); print line() >(from "-unlike-new") }
      if (i < 30000) {
        print text[i] >(from "-shuffled-old")
        print text[i * 17389 % 30000] >(from "-shuffled-new")
      }
      if (i < 60000) {
        short = substr("{}; ", 1 + int(rand() * 4), 1)
        print short >(from "-repeated-old")
        print changed(short, 0.05) >(from "-repeated-new")
      }
    }
    for (i = 0; i < 1000000; i++) {
      print "same" >(from "-equal-old")
      if (i < 700000) print "same" >(from "-equal-new")
    }
  }
  function line() { return sprintf("    name%d = %d;", rand() * 9000, rand() * 100000) }
  function changed(old, share) {
    if (rand() >= share) return old
    return rand() < 0.5 ? line() : old "\n" line()
  }'
  for kind in few many unlike shuffled equal repeated; do
    old=$(git -C "$work/lines.git" hash-object -w "$work/lines-$kind-old")
    new=$(git -C "$work/lines.git" hash-object -w "$work/lines-$kind-new")
    measure "differences of large texts: $kind" \
      "git=git -C $work/lines.git diff $old $new" \
      "libgit2=$bin/Libgit2Bench diff $work/lines.git $old $new" \
      "pando=$pando -C $work/lines.git diff $old $new"
  done
}

# The patches of a history, and the commits that the lines of its largest text came with.
compare_patches() {
  tip=$(git -C "$1" rev-list --all --max-count=1)
  file=$(git -C "$1" ls-tree -r -l "$tip" | awk '$4 > most { most = $4; path = $5 } END { print path }')
  measure "patches of all commits: $2" \
    "git=git -C $1 log -p --cc $tip" "pando=$pando -C $1 log -p --cc $tip"
  measure "blame of $file: $2" \
    "git=git -C $1 blame $tip -- $file" \
    "libgit2=$bin/Libgit2Bench blame $1 $tip $file" \
    "pando=$pando -C $1 blame $tip -- $file"
}
