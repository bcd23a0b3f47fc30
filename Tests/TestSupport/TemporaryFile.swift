import Foundation

/// A file that lives as long as this value.
package final class TemporaryFile: Sendable {
  package let path: String

  package init(_ bytes: [UInt8] = [], named name: String = "capture") throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(
      "vxhop-\(UUID().uuidString)-\(name)")
    try Data(bytes).write(to: url)
    path = url.path
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }
}

package enum FileBytes {
  /// The whole of a file; nil if it cannot be read.
  package static func read(_ path: String) -> [UInt8]? {
    FileManager.default.contents(atPath: path).map { [UInt8]($0) }
  }
}
