import FoundationEssentials

extension NodeSnapshot {
  /// Adds what one file says of the node: what `vxhop snapshot` wrote, or the output of `ip -j -d link`,
  /// `ip -j -d addr`, `ip -j neigh`, `ip -j route` or `bridge -j fdb`, or several of them one after the
  /// other.
  ///
  /// `source` names the file in errors. Nothing is added from a table that cannot be read whole.
  package mutating func add(json: some Sequence<UInt8>, source: String) throws(SnapshotError) {
    var isEmpty = true
    for document in JSONDocuments(Array(json)) {
      isEmpty = false
      switch document.first {
      case UInt8(ascii: "["):
        let rows = try Self.decode([SnapshotRow].self, from: document, source)
        if rows.isEmpty { emptyTables += 1 }
        for row in rows { insert(row) }
      case UInt8(ascii: "{") where Self.isSnapshot(document):
        add(try Self.decode(SnapshotDocument.self, from: document, source))
      default:
        throw SnapshotError(
          source: source,
          explanation: "no JSON table at byte \(document.startIndex): " + Self.expected)
      }
    }
    if isEmpty {
      throw SnapshotError(source: source, explanation: "is empty: " + Self.expected)
    }
  }

  private static let expected = "the output of 'ip -j -d link' or of 'vxhop snapshot' expected"

  private static func isSnapshot(_ document: ArraySlice<UInt8>) -> Bool {
    struct Mark: Decodable {
      let type: String
    }
    let mark = try? JSONDecoder().decode(Mark.self, from: Data(document))
    return mark?.type == SnapshotDocument.type
  }

  private static func decode<Document: Decodable>(
    _ type: Document.Type, from document: ArraySlice<UInt8>, _ source: String
  ) throws(SnapshotError) -> Document {
    do {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      return try decoder.decode(type, from: Data(document))
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
