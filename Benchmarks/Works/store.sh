# A store of 100,000 keys, and starting up.
compare_store() {
  "$bin/PandoBench" fill "$work/store.git" 100000
  git -C "$work/store.git" repack -adq
  git -C "$work/store.git" fsck --strict
  awk 'BEGIN { for (i = 0; i < 100000; i++) { k = int((i * 61681.0) % 100000); printf "main:d%03d/k%06d\n", k % 256, k } }' >"$work/keys"
  measure "100,000 random gets of 100,000 keys" \
    "git cat-file=git -C $work/store.git cat-file --batch --buffer <$work/keys" \
    "libgit2=$bin/Libgit2Bench get $work/store.git 100000 100000" \
    "Pando=$bin/PandoBench get $work/store.git 100000 100000"
  if wants reads; then compare_reads "$work/store.git" "a store of 100,000 keys"; fi
  "$bin/Measure" 100 "starting up" "git --version=git --version" "pando --version=$pando --version"
}
