/// Why the tables of a node could not be read.
package struct SnapshotError: Error, CustomStringConvertible, Equatable {
  /// The file's name, or whatever the caller called it.
  package let source: String
  /// What is wrong, where in the file, and what was expected.
  package let explanation: String

  package var description: String {
    source.printable + ": " + explanation
  }
}
