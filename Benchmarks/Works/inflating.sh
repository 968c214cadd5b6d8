# Small streams of a pack by zlib and their starts by the decoder in Swift: nanoseconds each.
compare_inflating() {
  echo
  echo "### $2: small streams, ns each"
  echo
  for pack in "$1"/objects/pack/*.pack; do "$bin/PandoBench" inflate "$pack" "$runs"; done
}
