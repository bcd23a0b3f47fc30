import ArgumentParser
import FoundationEssentials
import Glibc
import Topology

/// Reads the tables named by `--snapshot NODE=FILE`, or `--snapshot FILE` where the file names its node.
enum Snapshots {
  static func read(_ words: [String]) throws -> [String: NodeSnapshot] {
    var snapshots: [String: NodeSnapshot] = [:]
    for word in words {
      let name = InputName(word) { unsafe access($0, F_OK) == 0 }
      guard !name.path.isEmpty else { throw ValidationError("--snapshot \(word) names no file.") }
      guard unsafe access(name.path, R_OK) == 0 else {
        StandardError.print("\(name.path): \(unsafe String(cString: strerror(errno)))")
        throw ExitStatus.failure
      }
      do {
        let json = try Data(contentsOf: URL(filePath: name.path))
        let node = try name.node ?? nodeName(in: json, of: name.path)
        try snapshots[node, default: NodeSnapshot()].add(json: json, source: name.path)
      } catch let error as SnapshotError {
        StandardError.print(error.description)
        throw ExitStatus.failure
      } catch let error as ValidationError {
        throw error
      } catch {
        StandardError.print(
          "\(name.path): cannot be read: name the output of vxhop snapshot or ip -j -d link")
        throw ExitStatus.failure
      }
    }
    return snapshots
  }

  private static func nodeName(in json: Data, of path: String) throws -> String {
    var tables = NodeSnapshot()
    try tables.add(json: json, source: path)
    guard let name = tables.nodeName else {
      throw ValidationError("--snapshot takes NODE=FILE: \(path) does not name its node.")
    }
    return name
  }
}
