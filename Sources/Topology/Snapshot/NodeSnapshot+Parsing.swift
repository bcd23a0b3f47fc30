import FoundationEssentials

extension NodeSnapshot {
  /// Adds what one file says of the node: the output of `ip -j -d link`, `ip -j addr`,
  /// `ip -j neigh`, `ip -j route` or `bridge -j fdb`, or of several of them one after the other.
  ///
  /// `source` names the file in errors. Nothing is added from a table that cannot be read whole.
  package mutating func add(json: some Sequence<UInt8>, source: String) throws(SnapshotError) {
    var isEmpty = true
    for document in JSONDocuments(Array(json)) {
      isEmpty = false
      for row in try Self.rows(of: document, source: source) {
        insert(row)
      }
    }
    if isEmpty {
      throw SnapshotError(source: source, explanation: "is empty: " + Self.expected)
    }
  }

  private static let expected = "the output of 'ip -j -d link' expected"

  private static func rows(
    of document: ArraySlice<UInt8>, source: String
  ) throws(SnapshotError) -> [SnapshotRow] {
    guard document.first == UInt8(ascii: "[") else {
      throw SnapshotError(
        source: source,
        explanation: "no JSON table at byte \(document.startIndex): " + expected)
    }
    do {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      return try decoder.decode([SnapshotRow].self, from: Data(document))
    } catch let error as DecodingError {
      throw SnapshotError(
        source: source,
        explanation: "table at byte \(document.startIndex): " + explanation(of: error))
    } catch {
      throw SnapshotError(
        source: source, explanation: "cannot be read as JSON: " + expected)
    }
  }

  private static func explanation(of error: DecodingError) -> String {
    switch error {
    case .dataCorrupted(let context) where context.codingPath.isEmpty:
      return "no valid JSON, or cut short; " + expected
    case .dataCorrupted(let context):
      return place(context.codingPath) + context.debugDescription.printable + "; " + expected
    case .keyNotFound(let key, let context):
      return place(context.codingPath) + "'\(key.stringValue)' is missing"
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      return place(context.codingPath) + "\(type) expected"
    @unknown default:
      return expected
    }
  }

  /// `row 3, mtu: `
  private static func place(_ path: [any CodingKey]) -> String {
    guard !path.isEmpty else { return "" }
    let steps = path.map { key in
      key.intValue.map { "row \($0 + 1)" } ?? key.stringValue.printable
    }
    return steps.joined(separator: ", ") + ": "
  }
}
