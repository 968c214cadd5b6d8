# Walks through history, without and with a commit-graph.
compare_walks() {
  old=$(git -C "$1" rev-list --all | tail -n 100 | head -n 1)
  new=$(git -C "$1" rev-list --all --max-count=1)
  rm -rf "$work/graph.git"
  cp -r "$1" "$work/graph.git"
  git -C "$work/graph.git" commit-graph write --reachable --changed-paths
  for graph in false true; do
    how="without commit-graph"
    if [ $graph = true ]; then how="with commit-graph"; fi
    options="-C $work/graph.git -c core.commitGraph=$graph"
    set -- "$1" "$2" "git=git $options" "pando=$pando $options"
    measure "counting commits, $how: $2" \
      "$3 rev-list --count --all" \
      "libgit2=$bin/Libgit2Bench walk $1" \
      "$4 rev-list --count --all"
    measure "log of everything, $how: $2" "$3 log --all --oneline" "$4 log --all --oneline"
    measure "all objects reachable, $how: $2" \
      "$3 rev-list --all --objects" "$4 rev-list --all --objects"
    measure "merge base in deep history, $how: $2" \
      "$3 merge-base $new $old" \
      "libgit2=$bin/Libgit2Bench merge-base $1 $new $old" \
      "$4 merge-base $new $old"
  done
  measure "writing a commit-graph with changed paths: $2" \
    "git=git -C $work/graph.git commit-graph write --reachable --changed-paths" \
    "pando=$pando -C $work/graph.git commit-graph write --reachable --changed-paths"
}
