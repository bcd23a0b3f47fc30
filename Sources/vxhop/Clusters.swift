import FoundationEssentials
import Topology

/// Reads what `--kubernetes` names: saved output of kubectl, or `live` for the cluster itself.
enum Clusters {
  static func read(_ words: [String], annotationPrefix: String) throws -> Cluster {
    var cluster = Cluster()
    for word in words {
      let json = try word == "live" ? askCluster() : readFile(word)
      let source = word == "live" ? "--kubernetes live" : word
      do throws(SnapshotError) {
        try cluster.add(json: json, source: source, annotationPrefix: annotationPrefix)
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
        "\(path): cannot be read: name the output of kubectl get \(Cluster.resources) -A -o json")
      throw ExitStatus.failure
    }
  }

  private static func askCluster() throws -> [UInt8] {
    let kubectl = HelperProgram(
      "kubectl", ["get", Cluster.resources, "-A", "-o", "json", "--request-timeout=20s"],
      secondsAtMost: 30)
    switch kubectl.run(input: []) {
    case .ended(let result) where result.status == 0:
      return result.output
    case .ended(let result):
      StandardError.print("--kubernetes live: kubectl: \(result.message)")
    case .notStarted:
      StandardError.print(
        "--kubernetes live: kubectl cannot be started: install it, or give its saved output")
    case .tookTooLong:
      StandardError.print(
        "--kubernetes live: kubectl gave no answer in 30 s: does 'kubectl get nodes' work here?")
    }
    throw ExitStatus.failure
  }
}
