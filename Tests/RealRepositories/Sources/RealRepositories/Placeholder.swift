// Gives the manifest a target.
