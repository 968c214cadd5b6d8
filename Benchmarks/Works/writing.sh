# Commits of one key each in a store of 10,000 keys. Each run starts with a fresh copy of the store.
# Old copies are put aside and not removed: for minutes ext4 makes new files slowly where many have
# been removed, since it does not use their inodes again at once.
compare_writing() {
  "$bin/PandoBench" fill "$work/keys.git" 10000
  git -C "$work/keys.git" repack -adq
  "$bin/PandoBench" stream 10000 10000 >"$work/stream"
  cat >"$work/fresh" <<'END'
#!/bin/sh
# fresh REPOSITORY COPY COMMAND ...   runs a command beside a fresh copy of a repository
mkdir -p "$2.aside" && if [ -e "$2" ]; then mv "$2" "$2.aside/$$"; fi
cp -r "$1" "$2" && shift 2 && exec "$@"
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
  measure "5,000 commits of one key, each durable in a journal" \
    "appends of 600 bytes, each synced=$bin/PandoBench syncs $work/syncs 5000" \
    "Pando, .journaled=$copy $bin/PandoBench write $work/copy.git 10000 5000 journaled 1" \
    "8 writers=$copy $bin/PandoBench write $work/copy.git 10000 5000 journaled 8" \
    "8 branches=$copy $bin/PandoBench write $work/copy.git 10000 5000 journaled 8 branches"
  write_many
  write_wide
  command -v strace >/dev/null || return 0
  for program in "$bin/Libgit2Bench write $work/copy.git 10000 1000 1" \
    "$bin/PandoBench write $work/copy.git 10000 1000 every-commit 1" \
    "$bin/PandoBench write $work/copy.git 10000 1000 every-commit 8"; do
    # strace costs, so the figures above are without it.
    $copy strace -f -c -o "$work/calls" -e trace=fsync,fdatasync $program
    echo "syncs of ${program##*/}: $(awk '/fsync|fdatasync/ { n += $4 } END { print n }' "$work/calls")"
  done
}

# 100,000 keys of 100 bytes in one commit, in a repository that is made for it.
write_many() {
  "$bin/PandoBench" fill-stream 100000 >"$work/fill-stream"
  cat >"$work/import" <<'END'
#!/bin/sh
# import REPOSITORY STREAM   makes a repository of a stream
mkdir -p "$1.aside" && if [ -e "$1" ]; then mv "$1" "$1.aside/$$"; fi
git init -q --bare "$1" && exec git -C "$1" fast-import --quiet <"$2"
END
  cat >"$work/anew" <<'END'
#!/bin/sh
# anew REPOSITORY COMMAND ...   runs a command without a repository that was there
mkdir -p "$1.aside" && if [ -e "$1" ]; then mv "$1" "$1.aside/$$"; fi
shift && exec "$@"
END
  chmod +x "$work/import" "$work/anew"
  measure "100,000 keys in one commit" \
    "git fast-import=$work/import $work/many.git $work/fill-stream" \
    "Pando=$work/anew $work/many.git $bin/PandoBench fill $work/many.git 100000"
}

# Commits of one key each in one directory of 100,000.
write_wide() {
  rm -rf "$work/wide.git"
  "$bin/PandoBench" fill "$work/wide.git" 100000 wide
  git -C "$work/wide.git" repack -adq
  "$bin/PandoBench" stream 100000 100 wide >"$work/wide-stream"
  wide="$work/fresh $work/wide.git $work/copy.git"
  measure "100 commits of one key in a directory of 100,000" \
    "git fast-import=$wide git -C $work/copy.git fast-import --quiet <$work/wide-stream" \
    "libgit2=$wide $bin/Libgit2Bench write $work/copy.git 100000 100 0 wide" \
    "Pando, .deferred=$wide $bin/PandoBench write $work/copy.git 100000 100 deferred 1 wide" \
    "Pando, .journaled=$wide $bin/PandoBench write $work/copy.git 100000 100 journaled 1 wide"
  before=$(du -bs "$work/wide.git/objects" | cut -f1)
  $wide "$bin/PandoBench" write "$work/copy.git" 100000 2000 deferred 1 wide
  after=$(du -bs "$work/copy.git/objects" | cut -f1)
  echo "bytes for each of 2,000 commits: $(((after - before) / 2000))"
}
