# Checking and repacking a copy.
compare_maintaining() {
  for who in git pando; do
    rm -rf "$work/$who.git"
    cp -r "$1" "$work/$who.git"
  done
  measure "fsck: $2" "git=git -C $work/git.git fsck" "pando=$pando -C $work/git.git fsck"
  measure "repack -ad: $2" \
    "git=git -C $work/git.git repack -adq" "pando=$pando -C $work/pando.git repack -adq"
  git -C "$work/pando.git" fsck --connectivity-only
  measure "multi-pack-index write: $2" \
    "git=git -C $work/git.git multi-pack-index write" \
    "pando=$pando -C $work/git.git multi-pack-index write"
}
