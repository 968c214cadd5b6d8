# Commits of one key each in a store of 10,000 keys. Each run starts with a fresh copy of the store.
compare_writing() {
  "$bin/PandoBench" fill "$work/keys.git" 10000
  git -C "$work/keys.git" repack -adq
  "$bin/PandoBench" stream 10000 10000 >"$work/stream"
  cat >"$work/fresh" <<'END'
#!/bin/sh
# fresh REPOSITORY COPY COMMAND ...   runs a command beside a fresh copy of a repository
rm -rf "$2" && cp -r "$1" "$2" && shift 2 && exec "$@"
END
  chmod +x "$work/fresh"
  copy="$work/fresh $work/keys.git $work/copy.git"
  measure "10,000 commits of one key, made durable at the end" \
    "git fast-import=$copy git -C $work/copy.git fast-import --quiet <$work/stream" \
    "Pando, .deferred=$copy $bin/PandoBench write $work/copy.git 10000 10000 deferred 1" \
    "Pando, .deferred, 2 writers=$copy $bin/PandoBench write $work/copy.git 10000 10000 deferred 2"
  for program in "git -C $work/copy.git fast-import --quiet <$work/stream" \
    "$bin/PandoBench write $work/copy.git 10000 10000 deferred 1"; do
    sh -c "$copy $program"
    git -C "$work/copy.git" fsck --strict >/dev/null
    echo "bytes after ${program%% *}: $(du -bs "$work/copy.git/objects" | cut -f1)"
  done
  measure "1,000 commits of one key, not durable" \
    "libgit2=$copy $bin/Libgit2Bench write $work/copy.git 10000 1000 0" \
    "Pando, .asGit=$copy $bin/PandoBench write $work/copy.git 10000 1000 as-git 1"
  measure "1,000 commits of one key, each durable" \
    "libgit2=$copy $bin/Libgit2Bench write $work/copy.git 10000 1000 1" \
    "Pando=$copy $bin/PandoBench write $work/copy.git 10000 1000 every-commit 1" \
    "Pando, 8 writers=$copy $bin/PandoBench write $work/copy.git 10000 1000 every-commit 8" \
    "Pando, 8 branches=$copy $bin/PandoBench write $work/copy.git 10000 1000 every-commit 8 branches"
  command -v strace >/dev/null || return 0
  for program in "$bin/Libgit2Bench write $work/copy.git 10000 1000 1" \
    "$bin/PandoBench write $work/copy.git 10000 1000 every-commit 1" \
    "$bin/PandoBench write $work/copy.git 10000 1000 every-commit 8"; do
    # strace costs, so the figures above are without it.
    $copy strace -f -c -o "$work/calls" -e trace=fsync,fdatasync $program
    echo "syncs of ${program##*/}: $(awk '/fsync|fdatasync/ { n += $4 } END { print n }' "$work/calls")"
  done
}
