using System.Text;
using Agent.Governance.Audit;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Agent.Governance.Tests.Audit;

public sealed class MerkleTreeTests
{
    /// <summary>The roots of RFC 6962's reference tree for 0 to 8 leaves, as Certificate Transparency's own tests publish them.</summary>
    private static readonly string[] KnownRoots =
    [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    private static readonly byte[][] Leaves =
    [
        [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43], [0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
        [0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
    ];

    [Fact]
    public void Root_KnownTrees_IsWhatTheStandardSays()
    {
        for (var size = 0; size <= 8; size++)
        {
            Assert.Equal(KnownRoots[size], Convert.ToHexStringLower(MerkleTree.Root([.. Leaves.Take(size).Select(l => MerkleTree.Leaf(l))])));
        }
    }

    [Property(MaxTest = 60)]
    public Property InclusionProof_AnyLeafOfAnyTree_LeadsToTheRoot() =>
        Prop.ForAll(Gen.Choose(1, 130).ToArbitrary(), Gen.Choose(0, 1000).ToArbitrary(), (size, pick) =>
        {
            var leaves = Enumerable.Range(0, size).Select(i => MerkleTree.Leaf(Encoding.UTF8.GetBytes($"{i}"))).ToArray();
            var index = pick % size;
            var proof = MerkleTree.InclusionProof(index, leaves);
            var root = MerkleTree.Root(leaves);
            var right = MerkleTree.RootFromProof(index, size, leaves[index], proof)!.AsSpan().SequenceEqual(root);
            var wrong = size > 1 && MerkleTree.RootFromProof((index + 1) % size, size, leaves[index], proof)?.AsSpan().SequenceEqual(root) == true;
            return right && !wrong;
        });

    [Property(MaxTest = 30)]
    public Property CompactRange_SavedAndRestored_GoesOnAsIfNothingWas() =>
        Prop.ForAll(Gen.Choose(0, 200).ToArbitrary(), Gen.Choose(1, 50).ToArbitrary(), (before, after) =>
        {
            var all = new CompactRange();
            var first = new CompactRange();
            for (var i = 0; i < before; i++)
            {
                all.Add(MerkleTree.Leaf([(byte)i]));
                first.Add(MerkleTree.Leaf([(byte)i]));
            }

            var second = new CompactRange(first.Size, first.Hashes);
            for (var i = 0; i < after; i++)
            {
                all.Add(MerkleTree.Leaf([(byte)i, 1]));
                second.Add(MerkleTree.Leaf([(byte)i, 1]));
            }

            return all.Root().AsSpan().SequenceEqual(second.Root());
        });
}
