// `import Pando` is enough for a first program: the typed store, Git's nouns, and the names and
// digests that those are made of.
@_exported public import PandoBytes
@_exported public import PandoObjects
@_exported public import PandoStore
