using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Agent.Abstractions.Tests;

public sealed class LabelTests
{
    private static readonly Arbitrary<Label> Labels = (
        from integrity in Gen.Elements(Enum.GetValues<Integrity>())
        from confidentiality in Gen.Elements(Enum.GetValues<Confidentiality>())
        from sources in Gen.ListOf(Gen.Elements("user", "files.read_file", "web.fetch", "a", "b"))
        select new Label(integrity, confidentiality, [.. sources])).ToArbitrary();

    [Property]
    public Property Join_AnyTwo_IsTheLeastThatIsAsBadAsBoth() => Prop.ForAll(Labels, Labels, (a, b) =>
    {
        var join = a.Join(b);
        return a.IsAtMost(join) && b.IsAtMost(join) && join.Sources.IsSupersetOf(a.Sources.Union(b.Sources))
            && (join.Integrity == a.Integrity || join.Integrity == b.Integrity)
            && (join.Confidentiality == a.Confidentiality || join.Confidentiality == b.Confidentiality);
    });

    [Property]
    public Property Join_InAnyOrderAndGrouping_IsTheSame() => Prop.ForAll(Labels, Labels, Labels, (a, b, c) =>
        a.Join(b).Equals(b.Join(a)) && a.Join(b).Join(c).Equals(a.Join(b.Join(c))) && a.Join(a).Equals(a) && a.Join(Label.Bottom).Equals(a));

    [Fact]
    public void Join_WithNothing_IsNeverAPass()
    {
        var join = Label.User.Join(null);

        Assert.Equal(Integrity.Untrusted, join.Integrity);
        Assert.Equal(Confidentiality.Private, join.Confidentiality);
    }

    [Fact]
    public void Join_VeryManySources_StaysSmall()
    {
        var label = Enumerable.Range(0, 500).Aggregate(Label.Bottom, (l, i) => l.Join(Label.From(Integrity.Internal, Confidentiality.Public, $"s{i:D3}")));

        Assert.InRange(label.Sources.Count, 1, Label.MaxSources + 1);
        Assert.Contains("…", label.Sources);
    }
}
