import Foundation

/// The captures of other projects that lie beside the checkout, with what independent tools say of
/// them.
package enum SharedCaptures {
  /// The folder, from `VXHOP_SHARED` or else `../shared` beside the checkout; nil where there is
  /// none.
  package static let folder: String? = {
    let environment = ProcessInfo.processInfo.environment["VXHOP_SHARED"]
    let shared =
      environment.map { URL(fileURLWithPath: $0) }
      ?? Checkout.folder.deletingLastPathComponent().appendingPathComponent("shared")
    let captures = shared.appendingPathComponent("captures").path
    return FileManager.default.fileExists(atPath: captures) ? captures : nil
  }()

  package static var arePresent: Bool { folder != nil }

  /// Why tests that need them are skipped.
  package static let skipReason = "needs the shared captures: ../shared or VXHOP_SHARED"

  package struct Entry: Sendable, CustomStringConvertible {
    /// Relative to the folder.
    package let name: String
    package let path: String
    /// Records that independent tools could read; nil if none of them could open the file.
    package let packets: Int?
    /// Whether those tools met an error after that.
    package let endsInError: Bool
    package let note: String
    /// Path of what tshark says of each frame, if there is such a file.
    package let oracle: String?

    package var description: String { name }
  }

  /// The rows of the index.
  package static let entries: [Entry] = {
    guard let folder else { return [] }
    let index = table("\(folder)/INDEX.tsv")
    return index.compactMap { row in
      guard let name = row["file"], let packets = row["packets"] else { return nil }
      let oracle = row["oracle"] ?? ""
      return Entry(
        name: name,
        path: "\(folder)/\(name)",
        packets: Int(packets.prefix { $0.isNumber }),
        endsInError: packets.contains("then error"),
        note: row["note"] ?? "",
        oracle: oracle.isEmpty ? nil : "\(folder)/\(oracle)"
      )
    }
  }()

  /// The rows of a file of tab-separated values, by the names in its first line.
  package static func table(_ path: String) -> [[String: String]] {
    guard let data = FileManager.default.contents(atPath: path) else { return [] }
    let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
    guard let names = lines.first else { return [] }
    return lines.dropFirst().map { fields in
      Dictionary(zip(names, fields), uniquingKeysWith: { first, _ in first })
    }
  }
}
