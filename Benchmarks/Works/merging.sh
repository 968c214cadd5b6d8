# All merges of a repository with two parents, made once more.
compare_merging() {
  git -C "$1" rev-list --merges --parents --all | awk 'NF == 3 { print $2, $3 }' >"$work/merges"
  if [ ! -s "$work/merges" ]; then return; fi
  # What one program makes is there for the others: each has a repository of its own.
  for program in git libgit2 pando; do
    rm -rf "$work/merging-$program.git"
    cp -r "$1" "$work/merging-$program.git"
    git -C "$work/merging-$program.git" commit-graph write --reachable
  done
  options="merge-tree --stdin --allow-unrelated-histories"
  measure "$(wc -l <"$work/merges") merges made once more: $2" \
    "git=git -C $work/merging-git.git $options <$work/merges" \
    "libgit2=$bin/Libgit2Bench merge $work/merging-libgit2.git <$work/merges" \
    "pando=$pando -C $work/merging-pando.git $options <$work/merges"
}

# Two branches of 1,000 changes each, off 100,000 keys.
compare_merging_store() {
  "$bin/PandoBench" fill "$work/merging-store.git" 100000
  store=$work/merging-store.git
  for side in 1 2; do
    awk -v side=$side 'BEGIN {
      print "commit refs/heads/side" side
      print "committer Pando <pando@localhost> 1700000001 +0000\ndata 5\nSide\nfrom refs/heads/main^0"
      for (i = 0; i < 1000; i++) {
        k = (i * 61681.0 + side * 7) % 100000
        text = sprintf("side %d, key %06d", side, k)
        printf "M 100644 inline d%03d/k%06d\ndata %d\n%s\n", k % 256, k, length(text), text
      }
    }' | git -C "$store" fast-import --quiet
  done
  git -C "$store" repack -adq
  git -C "$store" rev-parse side1 side2 | paste -d " " - - >"$work/sides"
  cp -r "$store" "$work/merging-store-libgit2.git"
  cp -r "$store" "$work/merging-store-pando.git"
  measure "1,000 changes a side, off 100,000 keys" \
    "git=git -C $store merge-tree side1 side2" \
    "libgit2=$bin/Libgit2Bench merge $work/merging-store-libgit2.git <$work/sides" \
    "pando=$pando -C $work/merging-store-pando.git merge-tree side1 side2"
}
