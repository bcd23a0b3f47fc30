/// How an interface is captured.
package struct HandleSettings: Sendable {
  /// Bytes kept of each frame.
  package var snapshotLength = 262_144
  /// The kernel's buffer for packets that are not read yet, in bytes.
  package var bufferSize = 8 << 20

  /// How long the kernel may hold packets back before it hands them over together, in milliseconds.
  static let blockTimeout: Int32 = 20

  package init() {}
}
