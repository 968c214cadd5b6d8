# Indexing a pack. libgit2 also writes a copy of it.
compare_receiving() {
  pack=$(ls -S "$1"/objects/pack/*.pack | head -n 1)
  mkdir -p "$work/received"
  for threads in 1 2; do
    measure "index-pack, $threads thread(s): $2" \
      "git=git index-pack --threads=$threads -o $work/received/git.idx $pack" \
      "libgit2 (one thread)=$bin/Libgit2Bench index-pack $pack $work/received" \
      "pando=$pando index-pack --threads=$threads -o $work/received/pando.idx $pack"
  done
  cmp "$work/received/git.idx" "$work/received/pando.idx"
  rm -rf "$work/received"
}
