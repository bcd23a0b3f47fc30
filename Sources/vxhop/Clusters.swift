import FoundationEssentials
import Topology

/// Reads what `--kubernetes` names: saved output of kubectl, or `live` for the cluster itself.
enum Clusters {
  static func read(_ words: [String], annotationPrefix: String) throws -> Cluster {
    var cluster = Cluster()
    for word in words {
      let json = try word == "live" ? askCluster() : readFile(word)
      do throws(SnapshotError) {
        try cluster.add(json: json, source: word, annotationPrefix: annotationPrefix)
      } catch {
        StandardError.print(error.description)
        throw ExitStatus.failure
      }
    }
    return cluster
  }

  private static func readFile(_ path: String) throws -> [UInt8] {
    do {
      return try [UInt8](Data(contentsOf: URL(filePath: path)))
    } catch {
      StandardError.print(
        "\(path): cannot be read: name the output of kubectl get pods,nodes,services -A -o json")
      throw ExitStatus.failure
    }
  }

  private static func askCluster() throws -> [UInt8] {
    let kubectl = HelperProgram(
      "kubectl", ["get", "pods,nodes,services", "-A", "-o", "json", "--request-timeout=20s"])
    guard let result = kubectl.run(input: []) else {
      StandardError.print("--kubernetes live: kubectl cannot be started: is it installed?")
      throw ExitStatus.failure
    }
    guard result.status == 0 else {
      StandardError.print("--kubernetes live: kubectl: \(result.message)")
      throw ExitStatus.failure
    }
    return result.output
  }
}
