using System.Security.Cryptography;

namespace Agent.Governance.Audit;

/// <summary>The hashes of RFC 6962, section 2.1, with SHA-256.</summary>
internal static class MerkleTree
{
    public const int HashSize = SHA256.HashSizeInBytes;

    /// <summary>The hash of a record: SHA-256 of a zero byte and the line without its line break.</summary>
    public static byte[] Leaf(ReadOnlySpan<byte> data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([0]);
        hash.AppendData(data);
        return hash.GetHashAndReset();
    }

    public static byte[] Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> input = stackalloc byte[1 + (2 * HashSize)];
        input[0] = 1;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + HashSize)..]);
        return SHA256.HashData(input);
    }

    /// <summary>The tree head of a list of leaf hashes.</summary>
    public static byte[] Root(ReadOnlySpan<byte[]> leaves)
    {
        var range = new CompactRange();
        foreach (var leaf in leaves)
        {
            range.Add(leaf);
        }

        return range.Root();
    }

    /// <summary>The audit path of a leaf, from its sibling up.</summary>
    public static IReadOnlyList<byte[]> InclusionProof(int index, ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length <= 1)
        {
            return [];
        }

        var split = LargestPowerBelow(leaves.Length);
        return index < split
            ? [.. InclusionProof(index, leaves[..split]), Root(leaves[split..])]
            : [.. InclusionProof(index - split, leaves[split..]), Root(leaves[..split])];
    }

    /// <summary>The root that an audit path leads to (RFC 9162, section 2.1.3.2); null where the path does not fit the place.</summary>
    public static byte[]? RootFromProof(long index, long size, byte[] leaf, IReadOnlyList<byte[]> proof)
    {
        if (index < 0 || index >= size)
        {
            return null;
        }

        var (node, last, hash) = (index, size - 1, leaf);
        foreach (var sibling in proof)
        {
            if (last == 0)
            {
                return null;
            }

            if ((node & 1) == 1 || node == last)
            {
                hash = Node(sibling, hash);
                while ((node & 1) == 0 && node != 0)
                {
                    node >>= 1;
                    last >>= 1;
                }
            }
            else
            {
                hash = Node(hash, sibling);
            }

            node >>= 1;
            last >>= 1;
        }

        return last == 0 ? hash : null;
    }

    private static int LargestPowerBelow(int size)
    {
        var power = 1;
        while (power * 2 < size)
        {
            power *= 2;
        }

        return power;
    }
}

/// <summary>The right edge of a growing tree: one hash for each set bit of its size, largest subtree first.</summary>
internal sealed class CompactRange
{
    private readonly List<byte[]> _hashes = [];

    public CompactRange()
    {
    }

    public CompactRange(long size, IEnumerable<byte[]> hashes)
    {
        Size = size;
        _hashes.AddRange(hashes);
        if (_hashes.Count != long.PopCount(size))
        {
            throw new FormatException("A compact range needs one hash for each set bit of its size.");
        }
    }

    public long Size { get; private set; }

    public IReadOnlyList<byte[]> Hashes => _hashes;

    public void Add(byte[] leaf)
    {
        var hash = leaf;
        for (var size = Size; (size & 1) == 1; size >>= 1)
        {
            hash = MerkleTree.Node(_hashes[^1], hash);
            _hashes.RemoveAt(_hashes.Count - 1);
        }

        _hashes.Add(hash);
        Size++;
    }

    public byte[] Root()
    {
        if (_hashes.Count == 0)
        {
            return SHA256.HashData([]);
        }

        var root = _hashes[^1];
        for (var i = _hashes.Count - 2; i >= 0; i--)
        {
            root = MerkleTree.Node(_hashes[i], root);
        }

        return root;
    }
}
