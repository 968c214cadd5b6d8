internal import PandoObjects
internal import PandoStorage

/// The sum of the sizes that objects have on disk: `rev-list --disk-usage`.
struct DiskSum: CustomStringConvertible {
  /// How the sum is shown.
  enum Form { case bytes, human }

  private let form: Form
  private let details: DiskDetails
  private var bytes = 0

  /// No object's size; nil when no form was asked for.
  init?(_ form: Form?, _ context: CommandContext) throws {
    guard let form else { return nil }
    self.form = form
    details = try DiskDetails(context)
  }

  mutating func add(_ id: ObjectID) throws(PandoError) { bytes += try details.diskSize(of: id) }

  var description: String {
    switch form {
    case .bytes: "\(bytes)"
    case .human: HumanSize.text(bytes)
    }
  }
}
