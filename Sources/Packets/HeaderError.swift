/// Why a view of a header could not be made from a run of bytes.
enum HeaderError: Error, Equatable {
  /// The header needs `required` bytes, more than there are.
  case short(required: Int)
  /// A field contradicts the specification.
  case invalid
}
