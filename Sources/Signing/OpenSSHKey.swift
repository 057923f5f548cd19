import CSigning
import JSON

/// Key files in OpenSSH's own format: `PROTOCOL.key` of OpenSSH.
enum OpenSSHKey {
    /// The curves, by SSH's and by libcrypto's names, and what is signed with each.
    static let curves = [
        (name: "nistp256", group: "prime256v1", digest: tutti_digest_sha256),
        (name: "nistp384", group: "secp384r1", digest: tutti_digest_sha384),
        (name: "nistp521", group: "secp521r1", digest: tutti_digest_sha512),
    ]

    /// A key of libcrypto's, which whoever gets it frees.
    static func parse(_ text: String) throws(PrivateKeyError) -> UnsafeMutableRawPointer {
        let lines = text.split(whereSeparator: \.isNewline)
        let body = lines.drop { !$0.hasPrefix("-----BEGIN") }.dropFirst().prefix { !$0.hasPrefix("-----END") }
        guard let bytes = Base64.decode(body.joined().filter { !$0.isWhitespace }),
            bytes.starts(with: "openssh-key-v1\0".utf8)
        else { throw .notAKey }
        var reader = WireReader(Array(bytes.dropFirst(15)))
        guard let cipher = reader.string(), reader.string() != nil, reader.string() != nil, let count = reader.number(),
            count == 1, reader.string() != nil
        else { throw .notAKey }
        guard cipher.elementsEqual("none".utf8) else { throw .encrypted }
        guard let secret = reader.string() else { throw .notAKey }
        return try key(secret)
    }

    private static func key(_ secret: [UInt8]) throws(PrivateKeyError) -> UnsafeMutableRawPointer {
        var reader = WireReader(secret)
        guard let check = reader.number(), reader.number() == check, let kind = reader.string() else { throw .notAKey }
        let name = String(decoding: kind, as: UTF8.self)
        switch name {
        case "ssh-ed25519": return try ed25519(&reader)
        case "ssh-rsa": return try rsa(&reader)
        case "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521": return try curve(&reader)
        default: throw .unsupported(name)
        }
    }

    private static func ed25519(_ reader: inout WireReader) throws(PrivateKeyError) -> UnsafeMutableRawPointer {
        guard reader.string() != nil, let pair = reader.string(), pair.count == 64,
            let key = tutti_key_make_ed25519(pair)
        else { throw .notAKey }
        return key
    }

    private static func rsa(_ reader: inout WireReader) throws(PrivateKeyError) -> UnsafeMutableRawPointer {
        guard let modulus = reader.string(), let exponent = reader.string(), let secret = reader.string() else {
            throw .notAKey
        }
        let key = modulus.withBytes { modulus in
            exponent.withBytes { exponent in secret.withBytes { tutti_key_make_rsa(modulus, exponent, $0) } }
        }
        guard let key else { throw .notAKey }
        return key
    }

    private static func curve(_ reader: inout WireReader) throws(PrivateKeyError) -> UnsafeMutableRawPointer {
        guard let name = reader.string(), let point = reader.string(), let secret = reader.string(),
            let group = curves.first(where: { name.elementsEqual($0.name.utf8) })?.group,
            let key = point.withBytes({ point in secret.withBytes { tutti_key_make_curve(group, point, $0) } })
        else { throw .notAKey }
        return key
    }
}
