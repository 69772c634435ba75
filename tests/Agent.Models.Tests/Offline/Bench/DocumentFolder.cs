namespace Agent.Models.Tests.Offline.Bench;

/// <summary>A folder of documents and sources to ask about; removed when done.</summary>
internal sealed class DocumentFolder : BenchFolder
{
    public DocumentFolder()
    {
        Write("docs/handbook.md", "# Handbook\n\nThis handbook says how the workshop runs.\n\n## Opening hours\n\nThe workshop is open from 8:00 to 17:30 on weekdays.\n\n## Returns\n\nGoods can be returned within 30 days.\nRefunds take five working days.\n");
        Write("docs/old.md", "# Old notes\n\nNobody needs these. ToolPipeline was here.\n");
        Write("src/ToolPipeline.cs", "public sealed class ToolPipeline\n{\n    // TODO: measure\n    public int Port = 8231;\n}\n");
        Write("src/Program.cs", "using ToolPipeline;\n// TODO: more\nvar x = new ToolPipeline();\n");
        Write("README.md", "# Readme\n\nRun the program. It listens on port 8231.\n\nApprovals are asked in the console.\n");
        Write("data.csv", "name,qty\nbolt,3\nnut,5\n");
    }
}
