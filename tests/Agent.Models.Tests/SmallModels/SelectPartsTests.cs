using Agent.Models.SmallModels.Drafting;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Agent.Models.Tests.SmallModels;

public sealed class SelectPartsTests
{
    [Fact]
    public void Read_AllClauses_AreToldApart()
    {
        var parts = SelectParts.Read("select distinct a.x, COUNT(DISTINCT a.y) AS n FROM a JOIN b ON b.id = a.id WHERE a.x = 'FROM, WHERE' AND a.z IN (SELECT b.z FROM b WHERE b.q = 1) GROUP BY a.x, a.w HAVING COUNT(*) > 1 ORDER BY n DESC LIMIT 3")!;

        Assert.True(parts.IsDistinct);
        Assert.Equal(["a.x", "COUNT(DISTINCT a.y) AS n"], parts.Items);
        Assert.Equal("a JOIN b ON b.id = a.id", parts.From);
        Assert.Equal("a.x = 'FROM, WHERE' AND a.z IN (SELECT b.z FROM b WHERE b.q = 1)", parts.Where);
        Assert.Equal(["a.x", "a.w"], parts.Groups);
        Assert.Equal("COUNT(*) > 1", parts.Having);
        Assert.Equal(["n DESC"], parts.Orders);
        Assert.Equal("3", parts.Limit);
    }

    [Theory]
    [InlineData("")]
    [InlineData("SELECT 1")]
    [InlineData("WITH x AS (SELECT 1) SELECT * FROM x")]
    [InlineData("SELECT a.x FROM a UNION SELECT b.x FROM b")]
    [InlineData("The answer is 3.")]
    public void Read_WhatIsNotOnePlainSelect_IsNone(string statement) => Assert.Null(SelectParts.Read(statement));

    [Theory]
    [InlineData("SELECT COUNT(*) FROM a", true)]
    [InlineData("SELECT a.x, MAX(a.y) FROM a", false)]
    public void OnlyComputes_IsWhetherNoColumnIsShown(string statement, bool only) => Assert.Equal(only, SelectParts.Read(statement)!.OnlyComputes);

    [Property]
    public Property Read_AndWriteAgain_IsTheSameStatement()
    {
        var where = Gen.Elements("", " WHERE t.a = 'x, y'", " WHERE t.a IN (SELECT u.a FROM u WHERE u.b > 2) AND t.c <> 'LIMIT'");
        var group = Gen.Elements("", " GROUP BY t.a", " GROUP BY t.a, t.b HAVING COUNT(*) > 2");
        var order = Gen.Elements("", " ORDER BY t.a DESC", " ORDER BY COUNT(*), t.b");
        var limit = Gen.Elements("", " LIMIT 5");
        var head = Gen.Elements("SELECT t.a FROM t", "SELECT DISTINCT t.a, t.b AS name FROM t JOIN u ON u.a = t.a", "SELECT SUM(t.a * t.b), MIN(t.c) FROM t");
        return Prop.ForAll(
            (from h in head from w in @where from g in @group from o in order from l in limit select h + w + g + o + l).ToArbitrary(),
            static statement => SelectParts.Read(statement)!.ToString() == statement);
    }

    [Property]
    public bool Read_AnyText_DoesNotThrow(string? text) => SelectParts.Read("SELECT " + text) is null or { Items: not null };
}
