import ArgumentParser
import FoundationEssentials
import Topology

/// Reads the tables named by `--snapshot NODE=FILE`.
enum Snapshots {
  static func read(_ words: [String]) throws -> [String: NodeSnapshot] {
    var snapshots: [String: NodeSnapshot] = [:]
    for word in words {
      guard let equals = word.firstIndex(of: "="), equals > word.startIndex else {
        throw ValidationError("--snapshot takes NODE=FILE, not '\(word)'.")
      }
      let node = String(word[..<equals])
      let path = String(word[word.index(after: equals)...])
      do {
        let json = try Data(contentsOf: URL(filePath: path))
        try snapshots[node, default: NodeSnapshot()].add(json: json, source: path)
      } catch let error as SnapshotError {
        StandardError.print(error.description)
        throw ExitStatus.failure
      } catch {
        StandardError.print(
          "\(path): cannot be read: name the output of ip -j -d link of node \(node)")
        throw ExitStatus.failure
      }
    }
    return snapshots
  }
}
