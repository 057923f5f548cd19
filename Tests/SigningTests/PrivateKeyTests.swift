import JSON
import Linux
import Signing
import SystemPackage
import TestSupport
import Testing

@Suite struct PrivateKeys {
    /// Makes a key with `ssh-keygen`, and gives the file and the public key that belongs to it.
    private func make(_ kind: [String], in folder: FilePath) throws -> (file: FilePath, publicKey: [UInt8]) {
        let file = folder.appending("key")
        try #require(try Program.succeeds(["ssh-keygen", "-q", "-N", "", "-f", file.string] + kind))
        let words = String(decoding: try WholeFile.read(FilePath("\(file).pub")), as: UTF8.self).split(separator: " ")
        return (file, try #require(Base64.decode(String(words[1]))))
    }

    @Test(arguments: [
        ["-t", "ed25519"], ["-t", "rsa", "-b", "2048"], ["-t", "rsa", "-b", "2048", "-m", "PEM"],
        ["-t", "rsa", "-b", "2048", "-m", "PKCS8"], ["-t", "ecdsa", "-b", "256"], ["-t", "ecdsa", "-b", "384"],
        ["-t", "ecdsa", "-b", "521"], ["-t", "ecdsa", "-b", "256", "-m", "PEM"],
    ])
    func `of all kinds know their public key`(kind: [String]) throws {
        try withTemporaryFolder { folder in
            let (file, publicKey) = try make(kind, in: folder)
            #expect(try PrivateKey(file: WholeFile.read(file)).publicKey == publicKey)
        }
    }

    @Test(arguments: [["-t", "ed25519"], ["-t", "rsa", "-m", "PEM"], ["-t", "ecdsa", "-m", "PKCS8"]])
    func `are refused when a pass phrase locks them`(kind: [String]) throws {
        try withTemporaryFolder { folder in
            let file = folder.appending("key")
            try #require(try Program.succeeds(["ssh-keygen", "-q", "-N", "secret", "-f", file.string] + kind))
            let bytes = try WholeFile.read(file)
            #expect(throws: PrivateKeyError.encrypted) { try PrivateKey(file: bytes) }
        }
    }

    @Test(arguments: [
        "", "ssh-ed25519 AAAA", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA/////w==\n-----END OPENSSH PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    ])
    func `are none otherwise`(text: String) {
        #expect(throws: PrivateKeyError.notAKey) { try PrivateKey(file: Array(text.utf8)) }
    }
}
