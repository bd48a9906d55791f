from django.db import migrations, models

WORDS = """
alter table orchestration_knowledgepiece
    add column words tsvector generated always as (to_tsvector('english', heading || ' ' || text)) stored;
create index knowledge_piece_words_kept on orchestration_knowledgepiece using gin (words);
drop index knowledge_piece_words;
"""
BACK = """
create index knowledge_piece_words on orchestration_knowledgepiece using gin (to_tsvector('english', heading || ' ' || text));
drop index knowledge_piece_words_kept;
alter table orchestration_knowledgepiece drop column words;
"""


class Migration(migrations.Migration):
    """A document says by which embeddings it was embedded; its pieces keep a second one, and their words."""

    dependencies = [
        ('orchestration', '0021_agent_findings'),
    ]

    operations = [
        migrations.AddField(
            model_name='knowledgedocument',
            name='embedded',
            field=models.JSONField(default=dict, help_text='by which embeddings its pieces were embedded, as they are named'),
        ),
        migrations.RunSQL(
            """update orchestration_knowledgedocument set embedded = '{"english": "all-MiniLM-L6-v2 int8 1.0.0"}' where state = 'ready'""",
            migrations.RunSQL.noop,
        ),
        migrations.AddField(
            model_name='knowledgepiece',
            name='wide',
            field=models.BinaryField(help_text='as that of many languages gives them, where it is installed', null=True),
        ),
        migrations.AddField(
            model_name='knowledgepiece',
            name='language',
            field=models.CharField(blank=True, default='', help_text='as that of many languages hears it', max_length=2),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name='knowledgepiece',
            name='vector',
            field=models.BinaryField(help_text='32-bit floats of length one, as the English embedding gives them'),
        ),
        migrations.RunSQL(WORDS, BACK),
    ]
