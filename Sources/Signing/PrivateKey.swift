import CSigning

/// A private key that SSH signs with: RSA, Ed25519, or one of the three NIST curves.
public final class PrivateKey: @unchecked Sendable {
    enum Kind: Hashable {
        case rsa, ed25519
        /// Such as `nistp256`.
        case curve(String)
    }

    /// No part of a key and no signature has more bytes: RSA of 16,384 bits, the largest that OpenSSH takes.
    private static let largest = 2048

    /// The public key as SSH writes it. RFC 4253, section 6.6; RFC 5656; RFC 8709
    public let publicKey: [UInt8]
    /// Used for reading alone once it is made, which libcrypto allows from several threads.
    private let key: UnsafeMutableRawPointer
    private let kind: Kind

    /// Reads a key file: PEM of any kind that libcrypto knows, or OpenSSH's own format.
    public init(file: [UInt8]) throws(PrivateKeyError) {
        guard tutti_signing_is_available() != 0 else { throw .noLibrary }
        key = try Self.parse(file)
        do throws(PrivateKeyError) {
            kind = try Self.kind(of: key)
            publicKey = try Self.publicKey(key, kind)
        } catch {
            tutti_key_free(key)
            throw error
        }
    }

    deinit { tutti_key_free(key) }

    private static func parse(_ file: [UInt8]) throws(PrivateKeyError) -> UnsafeMutableRawPointer {
        let text = String(decoding: file, as: UTF8.self)
        if text.contains("-----BEGIN OPENSSH PRIVATE KEY-----") { return try OpenSSHKey.parse(text) }
        guard !text.contains("ENCRYPTED") else { throw .encrypted }
        guard let key = file.withBytes(tutti_key_read_pem) else { throw .notAKey }
        return key
    }

    private static func kind(of key: UnsafeMutableRawPointer) throws(PrivateKeyError) -> Kind {
        var name = [CChar](repeating: 0, count: 64)
        switch tutti_key_kind(key, &name) {
        case tutti_key_rsa: return .rsa
        case tutti_key_ed25519: return .ed25519
        case tutti_key_curve:
            let group = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard let curve = OpenSSHKey.curves.first(where: { $0.group == group })?.name else {
                throw .unsupported(group)
            }
            return .curve(curve)
        default: throw .unsupported("of this file")
        }
    }

    private static func publicKey(
        _ key: UnsafeMutableRawPointer,
        _ kind: Kind
    ) throws(PrivateKeyError) -> [UInt8] {
        var wire = WireBytes()
        switch kind {
        case .rsa:
            wire.add("ssh-rsa".utf8)
            wire.add(integer: try bytes { tutti_key_exponent(key, $0, $1) })
            wire.add(integer: try bytes { tutti_key_modulus(key, $0, $1) })
        case .ed25519:
            wire.add("ssh-ed25519".utf8)
            wire.add(try bytes { tutti_key_point(key, $0, $1) })
        case .curve(let curve):
            wire.add("ecdsa-sha2-\(curve)".utf8)
            wire.add(curve.utf8)
            wire.add(try bytes { tutti_key_point(key, $0, $1) })
        }
        return wire.bytes
    }

    private static func bytes(
        _ write: (UnsafeMutableRawPointer?, Int) -> Int
    ) throws(PrivateKeyError) -> [UInt8] {
        var length = -1
        let bytes = [UInt8](unsafeUninitializedCapacity: largest) { buffer, count in
            length = write(buffer.baseAddress, buffer.count)
            count = max(0, length)
        }
        guard length >= 0 else { throw .failed }
        return bytes
    }

    // MARK: Signing

    /// Signs, in the way that the flags of an agent's request ask for, and gives the signature as SSH writes it.
    /// draft-miller-ssh-agent, section 4.5.1
    public func sign(_ data: [UInt8], flags: UInt32) throws(PrivateKeyError) -> [UInt8] {
        var wire = WireBytes()
        switch kind {
        case .rsa where flags & 4 != 0:
            wire.add("rsa-sha2-512".utf8)
            wire.add(try sign(data, tutti_digest_sha512))
        case .rsa where flags & 2 != 0:
            wire.add("rsa-sha2-256".utf8)
            wire.add(try sign(data, tutti_digest_sha256))
        case .rsa:
            wire.add("ssh-rsa".utf8)
            wire.add(try sign(data, tutti_digest_sha1))
        case .ed25519:
            wire.add("ssh-ed25519".utf8)
            wire.add(try sign(data, tutti_digest_none))
        case .curve(let curve):
            guard let digest = OpenSSHKey.curves.first(where: { $0.name == curve })?.digest,
                let pair = Self.pair(try sign(data, digest))
            else { throw .failed }
            wire.add("ecdsa-sha2-\(curve)".utf8)
            wire.add(pair)
        }
        return wire.bytes
    }

    private func sign(_ data: [UInt8], _ digest: tutti_key_digest) throws(PrivateKeyError) -> [UInt8] {
        try Self.bytes { room, capacity in
            data.withBytes { tutti_key_sign(key, digest, $0, room, capacity) }
        }
    }

    /// The two numbers of an ECDSA signature, which libcrypto writes in DER. Both have them as short as can be.
    private static func pair(_ signature: [UInt8]) -> [UInt8]? {
        var rest = signature[...]
        guard rest.popFirst() == 0x30, let first = rest.popFirst() else { return nil }
        // Numbers of the largest curve need a second byte for the length of all.
        if first & 0x80 != 0 { rest = rest.dropFirst(Int(first & 0x7f)) }
        var wire = WireBytes()
        for _ in 0..<2 {
            guard rest.popFirst() == 0x02, let length = rest.popFirst(), rest.count >= Int(length) else { return nil }
            wire.add(rest.prefix(Int(length)))
            rest = rest.dropFirst(Int(length))
        }
        return wire.bytes
    }
}

extension [UInt8] {
    /// Calls the body with where the bytes are.
    func withBytes<Result>(_ body: (tutti_bytes) -> Result) -> Result {
        withUnsafeBufferPointer { body(tutti_bytes(start: $0.baseAddress, count: $0.count)) }
    }
}
