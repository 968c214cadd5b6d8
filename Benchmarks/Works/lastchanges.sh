# The last change of every entry of the root directory, without and with filters of changed paths.
compare_last_changes() {
  tip=$(git -C "$1" rev-list --all --max-count=1)
  rm -rf "$work/last-changes.git"
  cp -r "$1" "$work/last-changes.git"
  git -C "$work/last-changes.git" commit-graph write --reachable --changed-paths
  git -C "$work/last-changes.git" ls-tree --name-only "$tip" >"$work/names"
  printf '#!/bin/sh\nwhile read -r name; do git -C "$1" -c core.commitGraph="$2" log -1 --format="%%H $name" "$3" -- "$name"; done\n' >"$work/git-last-changes"
  chmod +x "$work/git-last-changes"
  for graph in false true; do
    git -C "$work/last-changes.git" config core.commitGraph $graph
    measure "last change of $(wc -l <"$work/names") entries, commit-graph $graph: $2" \
      "git log per entry=$work/git-last-changes $work/last-changes.git $graph $tip <$work/names" \
      "Pando=$bin/PandoBench last-changes $work/last-changes.git $tip"
  done
}
